package io.millrace.testing;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The machine's files as a process sees them that freezes in front of one of its file operations:
 * in front of the n-th that changes anything. Reads between two changes see what the later of the
 * two moments sees, so these are all the moments there are, but for those of reads alone.
 */
public final class FreezingFiles {

  private final FileSystem files;
  private final int freezeAt;
  private final CountDownLatch frozen = new CountDownLatch(1);
  private final CountDownLatch thawed = new CountDownLatch(1);
  private final FileSystem view = new View();
  private final FileSystemProvider provider;
  private int changes;
  private volatile String where = "";

  /**
   * @param freezeAt counts from 1
   */
  public FreezingFiles(Path like, int freezeAt) {
    this.files = like.getFileSystem();
    this.freezeAt = freezeAt;
    this.provider = new Provider(files.provider());
  }

  /** The same place, as the process sees it. */
  public Path of(Path path) {
    return (Path)
        Proxy.newProxyInstance(
            FreezingFiles.class.getClassLoader(),
            new Class<?>[] {Path.class, Own.class},
            (self, method, arguments) -> {
              if (method.getName().equals("path") && arguments == null) {
                return path;
              }
              if (method.getName().equals("getFileSystem")) {
                return view;
              }
              Object[] plain = arguments == null ? null : arguments.clone();
              for (int i = 0; plain != null && i < plain.length; i++) {
                plain[i] = plain[i] instanceof Own own ? own.path() : plain[i];
              }
              try {
                Object result = method.invoke(path, plain);
                return result instanceof Path other ? of(other) : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Waits until it freezes, or for the end of what it does; whether it froze. */
  public boolean awaitFrozen(Thread process) throws InterruptedException {
    while (process.isAlive() && frozen.getCount() > 0) {
      frozen.await(1, TimeUnit.MILLISECONDS);
    }
    return frozen.getCount() == 0;
  }

  /** Lets it go on. */
  public void thaw() {
    thawed.countDown();
  }

  /** The operation in front of which it froze. */
  public String where() {
    return where;
  }

  private void change(String kind, Path path) {
    changes++;
    if (changes == freezeAt) {
      where = kind + " " + path.getFileName();
      frozen.countDown();
      try {
        thawed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Path plain(Path path) {
    return path instanceof Own own ? own.path() : path;
  }

  /** A path of the view. */
  public interface Own {
    Path path();
  }

  private final class View extends FileSystem {

    @Override
    public FileSystemProvider provider() {
      return provider;
    }

    @Override
    public void close() {}

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public boolean isReadOnly() {
      return false;
    }

    @Override
    public String getSeparator() {
      return files.getSeparator();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
      return files.getRootDirectories();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
      return files.getFileStores();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
      return files.supportedFileAttributeViews();
    }

    @Override
    public Path getPath(String first, String... more) {
      return of(files.getPath(first, more));
    }

    @Override
    public PathMatcher getPathMatcher(String pattern) {
      return files.getPathMatcher(pattern);
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
      return files.getUserPrincipalLookupService();
    }

    @Override
    public WatchService newWatchService() {
      throw new UnsupportedOperationException();
    }
  }

  private final class Provider extends FileSystemProvider {

    private final FileSystemProvider real;

    private Provider(FileSystemProvider real) {
      this.real = real;
    }

    @Override
    public String getScheme() {
      return "freezing";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> settings) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
      return view;
    }

    @Override
    public Path getPath(URI uri) {
      return of(real.getPath(uri));
    }

    @Override
    public SeekableByteChannel newByteChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      opening(path, options);
      return real.newByteChannel(plain(path), options, attributes);
    }

    @Override
    public FileChannel newFileChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      opening(path, options);
      return real.newFileChannel(plain(path), options, attributes);
    }

    private void opening(Path path, Set<? extends OpenOption> options) {
      if (options.contains(StandardOpenOption.WRITE)
          || options.contains(StandardOpenOption.APPEND)) {
        change("write", path);
      }
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(
        Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
      DirectoryStream<Path> children =
          real.newDirectoryStream(plain(folder), child -> filter.accept(of(child)));
      return new DirectoryStream<>() {
        @Override
        public Iterator<Path> iterator() {
          Iterator<Path> each = children.iterator();
          return new Iterator<>() {
            @Override
            public boolean hasNext() {
              return each.hasNext();
            }

            @Override
            public Path next() {
              return of(each.next());
            }
          };
        }

        @Override
        public void close() throws IOException {
          children.close();
        }
      };
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
      change("create", folder);
      real.createDirectory(plain(folder), attributes);
    }

    @Override
    public void delete(Path path) throws IOException {
      change("delete", path);
      real.delete(plain(path));
    }

    @Override
    public void copy(Path from, Path to, CopyOption... options) throws IOException {
      change("copy", to);
      real.copy(plain(from), plain(to), options);
    }

    @Override
    public void move(Path from, Path to, CopyOption... options) throws IOException {
      change("move to", to);
      real.move(plain(from), plain(to), options);
    }

    @Override
    public boolean isSameFile(Path one, Path other) throws IOException {
      return real.isSameFile(plain(one), plain(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
      return real.isHidden(plain(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
      return real.getFileStore(plain(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
      real.checkAccess(plain(path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(
        Path path, Class<V> type, LinkOption... options) {
      return real.getFileAttributeView(plain(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(
        Path path, Class<A> type, LinkOption... options) throws IOException {
      return real.readAttributes(plain(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
        throws IOException {
      return real.readAttributes(plain(path), names, options);
    }

    @Override
    public void setAttribute(Path path, String name, Object value, LinkOption... options)
        throws IOException {
      change("set attribute of", path);
      real.setAttribute(plain(path), name, value, options);
    }
  }
}
