import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Writes what an image ships, and under which licences.
 *
 * <pre>java -cp 'LIBRARIES/*' ShippedParts.java SBOM LIBRARIES FOLDER</pre>
 *
 * <p>Quarkus's list of components also has what the build alone needs, and the broker of dev mode,
 * which packaging leaves out: a scanner would report flaws of code that is not there. Kept is what
 * lies in LIBRARIES. Afterwards FOLDER has {@code sbom.cdx.json}, the texts of the licences by their
 * SPDX names, and the licence files of each jar.
 */
final class ShippedParts {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern LICENCE =
      Pattern.compile("(.*/)?(LICEN[CS]E|NOTICE|COPYING|COPYRIGHT|AL2\\.0|LGPL2\\.1)[^/]*");

  private final Path folder;
  private final Map<String, Path> jars = new TreeMap<>();

  private ShippedParts(Path libraries, Path folder) throws IOException {
    this.folder = folder;
    try (Stream<Path> files = Files.walk(libraries)) {
      files
          .filter(file -> file.toString().endsWith(".jar"))
          // Quarkus marks those that it has taken classes out of for a native executable.
          .forEach(
              jar -> jars.put(jar.getFileName().toString().replaceFirst("^modified-", ""), jar));
    }
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[2]);
    new ShippedParts(Path.of(arguments[1]), folder).write(JSON.readTree(Path.of(arguments[0]).toFile()));
  }

  private void write(JsonNode all) throws IOException, NoSuchAlgorithmException {
    ObjectNode sbom = all.deepCopy();
    Set<String> kept = new HashSet<>();
    kept.add(all.at("/metadata/component/bom-ref").asText());
    ArrayNode components = sbom.putArray("components");
    for (JsonNode component : all.get("components")) {
      Path jar = jars.remove(fileName(component));
      if (jar != null || !component.has("group") && component.has("evidence")) {
        ObjectNode shipped = component.deepCopy();
        textsAside(shipped);
        if (jar != null) {
          hash(shipped, jar);
          licenceFiles(jar);
        }
        components.add(shipped);
        kept.add(component.get("bom-ref").asText());
      }
    }
    if (!jars.isEmpty()) {
      throw new IllegalStateException("the list of components has no " + jars.keySet());
    }
    components.add(
        part("libtorch", "2.7.1", "BSD-3-Clause", "pkg:github/pytorch/pytorch@v2.7.1"));
    components.add(
        part(
            "all-MiniLM-L6-v2",
            null,
            "Apache-2.0",
            "pkg:huggingface/sentence-transformers/all-MiniLM-L6-v2"));
    ArrayNode dependencies = sbom.putArray("dependencies");
    for (JsonNode dependency : all.path("dependencies")) {
      if (kept.contains(dependency.get("ref").asText())) {
        ObjectNode shipped = dependencies.addObject().put("ref", dependency.get("ref").asText());
        ArrayNode on = shipped.putArray("dependsOn");
        dependency.path("dependsOn").forEach(ref -> {
          if (kept.contains(ref.asText())) {
            on.add(ref);
          }
        });
      }
    }
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("sbom.cdx.json"), JSON.writeValueAsString(sbom));
  }

  /** As packaging names it. */
  private static String fileName(JsonNode component) {
    String classifier =
        Pattern.compile("[?&]classifier=([^&]+)")
            .matcher(component.path("purl").asText())
            .results()
            .map(found -> "-" + found.group(1))
            .findFirst()
            .orElse("");
    return component.path("group").asText()
        + "."
        + component.path("name").asText()
        + "-"
        + component.path("version").asText()
        + classifier
        + ".jar";
  }

  /** One file a licence instead of one text a component: a fifth of a megabyte instead of seven. */
  private void textsAside(ObjectNode component) throws IOException {
    for (JsonNode choice : component.path("licenses")) {
      if (choice.path("license") instanceof ObjectNode licence && licence.remove("text") instanceof ObjectNode text) {
        Path texts = Files.createDirectories(folder.resolve("texts"));
        Files.write(
            texts.resolve(licence.path("id").asText(licence.path("name").asText()) + ".txt"),
            Base64.getDecoder().decode(text.get("content").asText()));
      }
    }
  }

  /** That of the file which is shipped: native code may have been taken out of it. */
  private static void hash(ObjectNode component, Path jar) throws IOException, NoSuchAlgorithmException {
    String hash =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar)));
    component.putArray("hashes").addObject().put("alg", "SHA-256").put("content", hash);
  }

  private void licenceFiles(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      zip.stream()
          .filter(entry -> !entry.isDirectory() && !entry.getName().endsWith(".class"))
          .filter(entry -> LICENCE.matcher(entry.getName()).matches())
          .forEach(entry -> copy(zip, entry, jar));
    }
  }

  private void copy(ZipFile zip, ZipEntry entry, Path jar) {
    String name = jar.getFileName().toString().replaceAll("^modified-|\\.jar$", "");
    Path file = folder.resolve("jars").resolve(name).resolve(entry.getName().replace('/', '_'));
    try (InputStream in = zip.getInputStream(entry)) {
      Files.createDirectories(file.getParent());
      Files.write(file, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode part(String name, String version, String licence, String purl) {
    ObjectNode part = JSON.createObjectNode().put("type", "library").put("bom-ref", purl).put("name", name);
    if (version != null) {
      part.put("version", version);
    }
    part.putArray("licenses").addObject().putObject("license").put("id", licence);
    return part.put("purl", purl);
  }
}
