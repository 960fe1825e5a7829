package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeFoldersTest {

  private static final List<String> FOLDERS =
      List.of("org.xerial.snappy.tempdir", "ZstdTempFolder", "jna.tmpdir");

  @TempDir private Path folder;
  private final Properties properties = new Properties();

  @BeforeEach
  void asAJvmStarts() throws IOException {
    folder = folder.toRealPath();
    properties.setProperty("java.io.tmpdir", folder.resolve("tmp").toString());
    properties.setProperty("user.home", folder.toString());
  }

  @Test
  void nothingIsSetWhereTemporaryFilesMayBeExecuted() {
    choose(mounts("/tmp", "rw,nosuid"));

    assertThat(properties).doesNotContainKeys(FOLDERS.toArray());
  }

  @Test
  void librariesUnpackBesideLibtorchWhereTheyMayNot() {
    choose(mounts("/tmp", "rw,nosuid,noexec"));

    assertThat(FOLDERS)
        .allSatisfy(
            name ->
                assertThat(properties.getProperty(name))
                    .isEqualTo(folder.resolve(".djl.ai/unpacked").toString()));
    assertThat(folder.resolve(".djl.ai/unpacked")).isDirectory();
  }

  @Test
  void whatAnOperatorOrAnImageHasSetStays() {
    properties.setProperty("org.xerial.snappy.tempdir", "/mine");
    properties.setProperty("ZstdNativePath", "/opt/native/libzstd-jni.so");

    choose(mounts("/tmp", "noexec"));

    assertThat(properties).containsEntry("org.xerial.snappy.tempdir", "/mine");
    assertThat(properties).doesNotContainKey("ZstdTempFolder").containsKey("jna.tmpdir");
  }

  @Test
  void aCacheThatLibtorchCannotBeLoadedFromIsRefusedWithFolderAndRemedy() {
    Mounts mounts = mounts("/cache", "noexec");

    assertThatThrownBy(
            () ->
                new NativeFolders(
                        mounts,
                        name -> name.equals("DJL_CACHE_DIR") ? folder + "/cache" : null,
                        properties)
                    .choose())
        .hasMessage(
            "libtorch cannot be loaded from %s/cache: its file system is mounted noexec. Mount it with exec, or set the environment variable DJL_CACHE_DIR to a folder that is",
            folder);
  }

  @Test
  void aCacheThatIsNotUsedMayBeNoexecSinceImagesHaveTheLibrariesUnpacked() {
    Mounts mounts = mounts("/.djl.ai", "noexec");
    Set<String> unpacked = Set.of("PYTORCH_LIBRARY_PATH", "RUST_LIBRARY_PATH");

    new NativeFolders(mounts, name -> unpacked.contains(name) ? "/opt/native" : null, properties)
        .choose();

    assertThatThrownBy(
            () ->
                new NativeFolders(
                        mounts,
                        name -> name.equals("RUST_LIBRARY_PATH") ? "/opt/native" : null,
                        properties)
                    .choose())
        .hasMessageStartingWith("libtorch cannot be loaded");
  }

  @Test
  void theInnermostMountDecidesAndOfTwoAtOnePlaceTheLater() throws IOException {
    Files.createDirectories(folder.resolve("a b/c"));
    Mounts mounts =
        Mounts.parse(
            List.of(
                "overlay / overlay rw 0 0",
                "tmpfs " + folder + " tmpfs rw 0 0",
                "tmpfs " + folder + " tmpfs rw,noexec 0 0",
                "tmpfs " + folder + "/a\\040b tmpfs rw,relatime 0 0",
                "no mount"));

    assertThat(mounts.isNoexec(folder.resolve("not-there/yet"))).isTrue();
    assertThat(mounts.isNoexec(folder.resolve("a b/c"))).isFalse();
    assertThat(mounts.isNoexec(folder.resolve("a bc"))).isTrue();
    assertThat(mounts.isNoexec(Path.of("/"))).isFalse();
  }

  private Mounts mounts(String name, String options) {
    return Mounts.parse(
        List.of(
            "overlay / overlay rw 0 0", "tmpfs " + folder + name + " tmpfs " + options + " 0 0"));
  }

  private void choose(Mounts mounts) {
    new NativeFolders(mounts, name -> null, properties).choose();
  }
}
