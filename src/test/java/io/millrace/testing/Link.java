package io.millrace.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A TCP port that leads to another one, and can be cut: both ends keep their connections, and what
 * they say meanwhile arrives once the link is mended, as over a network that lost every packet for
 * a while. Thread-safe.
 */
public final class Link implements AutoCloseable {

  private static final int BACKLOG = 50;

  private final int port;
  private final int target;
  private ServerSocket server;
  private boolean cut;

  /**
   * Open.
   *
   * @param target port on localhost
   */
  public Link(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    this.port = server.getLocalPort();
    daemon(this::accept);
  }

  public int port() {
    return port;
  }

  /** Refuses connections, as the port of a process that is dead. */
  public synchronized void refuse() throws IOException {
    server.close();
  }

  /** Takes connections again. */
  public synchronized void listen() throws IOException {
    server = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  synchronized void cut() {
    cut = true;
  }

  synchronized void mend() {
    cut = false;
    notifyAll();
  }

  @Override
  public void close() throws IOException {
    mend();
    refuse();
  }

  private synchronized void awaitMended() throws InterruptedException {
    while (cut) {
      wait();
    }
  }

  private void accept() {
    ServerSocket listening;
    synchronized (this) {
      listening = server;
    }
    try {
      while (true) {
        Socket client = listening.accept();
        daemon(() -> connect(client));
      }
    } catch (IOException e) {
      // refuses from now on
    }
  }

  private void connect(Socket client) {
    try {
      awaitMended();
      Socket broker = new Socket(InetAddress.getLoopbackAddress(), target);
      client.setTcpNoDelay(true);
      broker.setTcpNoDelay(true);
      daemon(() -> pump(client, broker));
      pump(broker, client);
    } catch (IOException | InterruptedException e) {
      closeQuietly(client); // the broker is down, and so the client learns it
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitMended();
        out.write(buffer, 0, read);
      }
      awaitMended();
    } catch (IOException | InterruptedException e) {
      // one end is gone: so is the other
    } finally {
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // gone already
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "link");
    thread.setDaemon(true);
    thread.start();
  }
}
