package io.millrace.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A TCP port that leads to another one, and can be cut: both ends keep their connections, and what
 * they say meanwhile arrives once the link is mended, as over a network that lost every packet for a
 * while. Thread-safe.
 */
final class Link implements AutoCloseable {

  private final ServerSocket server;
  private final int target;
  private boolean cut;

  /**
   * Open.
   *
   * @param target port on localhost
   */
  Link(int target) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.target = target;
    daemon(this::accept);
  }

  int port() {
    return server.getLocalPort();
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
    server.close();
  }

  private synchronized void awaitMended() throws InterruptedException {
    while (cut) {
      wait();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        daemon(() -> connect(client));
      }
    } catch (IOException e) {
      // closed
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
