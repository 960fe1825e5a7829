package io.millrace.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A client that sends whatever bytes it is given over one kept-alive connection, and reads the
 * answer. A connection that the server closed is opened again. An answer that takes longer than ten
 * seconds is a {@link java.net.SocketTimeoutException}.
 */
public final class RawHttp implements AutoCloseable {

  private static final int ANSWER_WITHIN_MILLIS = 10_000;

  private final int port;
  private Socket socket;
  private InputStream in;

  public RawHttp(int port) {
    this.port = port;
  }

  /**
   * Sends one request and reads its answer.
   *
   * @throws EOFException where the server closed a new connection without an answer
   */
  public Answer send(byte[] request) throws IOException {
    boolean used = socket != null;
    try {
      return exchange(request);
    } catch (EOFException | SocketException e) {
      close();
      if (!used) {
        throw e;
      }
      return exchange(request); // the connection was closed behind the answer before
    }
  }

  private Answer exchange(byte[] request) throws IOException {
    if (socket == null) {
      socket = new Socket("localhost", port);
      socket.setSoTimeout(ANSWER_WITHIN_MILLIS);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream());
    }
    socket.getOutputStream().write(request);
    boolean head = new String(request, 0, Math.min(5, request.length), ISO_8859_1).equals("HEAD ");
    Answer answer = read(head);
    if (answer.header("connection").equals("close")) {
      close();
    }
    return answer;
  }

  private Answer read(boolean head) throws IOException {
    int status = Integer.parseInt(line().split(" ")[1]);
    Map<String, String> headers = new HashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
    }
    if (status < 200) {
      return read(head);
    }
    byte[] body = head || status == 204 || status == 304 ? new byte[0] : body(headers);
    return new Answer(status, headers, body);
  }

  private byte[] body(Map<String, String> headers) throws IOException {
    if (!headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
      return exactly(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = chunkSize(); size > 0; size = chunkSize()) {
      body.writeBytes(exactly(size));
      line();
    }
    line();
    return body.toByteArray();
  }

  private int chunkSize() throws IOException {
    return Integer.parseInt(line(), 16);
  }

  private byte[] exactly(int size) throws IOException {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException("the connection was closed within an answer");
    }
    return bytes;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection was closed without an answer");
      }
      line.append((char) next);
    }
    return line.toString().stripTrailing();
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }

  /**
   * An answer.
   *
   * @param headers by lower-case name
   * @param body empty where there is none
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Answer(int status, Map<String, String> headers, byte[] body) {

    /** Empty where there is no such header. */
    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }
}
