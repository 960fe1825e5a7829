package io.millrace.model;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.model.arch.BaseModelException;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The files of a base in a folder as Hugging Face lays them out, and what is commonly wrong with
 * them: a clone without Git LFS, a download of half the shards.
 *
 * @param path the folder
 */
record BaseFolder(Path path) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WEIGHTS = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final byte[] POINTER =
      "version https://git-lfs.github.com/spec/".getBytes(US_ASCII);

  /** What tokenizers of transformers read besides {@code tokenizer.json}. */
  private static final List<String> TOKENIZER_FILES =
      List.of("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt");

  /**
   * A file that must be there.
   *
   * @throws BaseModelException where it is missing, or stands for another
   */
  Path existing(String name) {
    Path file = path.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new BaseModelException("millrace.model.base: the file " + file + " is missing");
    }
    requireNoPointer(file);
    return file;
  }

  private static void requireNoPointer(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      if (Arrays.equals(in.readNBytes(POINTER.length), POINTER)) {
        throw new BaseModelException(
            file
                + " is a Git LFS pointer and not the file itself: run git lfs pull in its folder,"
                + " or download it");
      }
    } catch (IOException e) {
      throw new BaseModelException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** For messages: the file of the weights, or the index of its shards. */
  Path weightsFile() {
    return path.resolve(isSharded() ? INDEX : WEIGHTS);
  }

  private boolean isSharded() {
    return !Files.exists(path.resolve(WEIGHTS)) && Files.exists(path.resolve(INDEX));
  }

  /** All weights: of one file, or of its shards as the index names them. */
  Map<String, HostTensor> weights() throws IOException {
    if (!isSharded()) {
      requireWeights();
      return Safetensors.read(existing(WEIGHTS));
    }
    Map<String, HostTensor> all = new LinkedHashMap<>();
    for (String shard : shards()) {
      all.putAll(Safetensors.read(existing(shard)));
    }
    return all;
  }

  private TreeSet<String> shards() throws IOException {
    Path index = existing(INDEX);
    JsonNode files = JSON.readTree(Files.readAllBytes(index)).path("weight_map");
    TreeSet<String> shards = new TreeSet<>();
    for (JsonNode file : files) {
      if (!file.asText().matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")) { // none leads out of the folder
        throw new BaseModelException(index + ": \"weight_map\" has a name that is no file's");
      }
      shards.add(file.asText());
    }
    if (shards.isEmpty()) {
      throw new BaseModelException(index + " names no shards in \"weight_map\"");
    }
    return shards;
  }

  /** Says more than that the file is missing, where others show what happened. */
  private void requireWeights() throws IOException {
    if (Files.exists(path.resolve(WEIGHTS))) {
      return;
    }
    List<String> others;
    try (Stream<Path> files = Files.list(path)) {
      others = files.map(file -> file.getFileName().toString()).sorted().toList();
    }
    if (others.stream().anyMatch(name -> name.matches("model-\\d+-of-\\d+\\.safetensors"))) {
      throw new BaseModelException(
          "millrace.model.base: %s has shards of the weights, but no %s that says which: download it, too"
              .formatted(path, INDEX));
    }
    if (others.contains("pytorch_model.bin")) {
      throw new BaseModelException(
          "millrace.model.base: %s has its weights as pytorch_model.bin, only %s is read: save the model with transformers' save_pretrained"
              .formatted(path, WEIGHTS));
    }
  }

  /** The tokenizer's files besides {@code tokenizer.json}, those that are there. */
  Map<String, byte[]> tokenizerFiles() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String name : TOKENIZER_FILES) {
      if (Files.isRegularFile(path.resolve(name))) {
        files.put(name, Files.readAllBytes(existing(name)));
      }
    }
    return files;
  }
}
