package io.millrace.testing;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * POSTs at a fixed rate, whether or not answers come, over a fixed number of connections that are
 * kept. A latency counts from the time at which its request was due, waiting for a connection
 * included, so a stall shows in all that it held up (Tene's coordinated omission).
 */
public final class OpenLoop implements AutoCloseable {

  private static final int CONNECTIONS = 64;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final HttpClient http =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setMaxPoolSize(CONNECTIONS)
              .setKeepAliveTimeout(0)
              .setTcpNoDelay(true));
  private final RequestOptions request;
  private final Buffer body;

  /**
   * @param url asked each time
   * @param json the body
   */
  public OpenLoop(String url, String json) {
    request =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setAbsoluteURI(url)
            .putHeader("Content-Type", "application/json");
    body = Buffer.buffer(json);
  }

  /**
   * Runs for so long, and waits for the last answer.
   *
   * @return in the order in which they were due
   */
  public List<Answer> run(int perSecond, Duration time) throws InterruptedException {
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    long start = System.nanoTime();
    long requests = time.toMillis() * perSecond / 1000;
    for (long i = 0; i < requests; i++) {
      long due = start + i * 1_000_000_000L / perSecond;
      long early = due - System.nanoTime();
      if (early > 0) {
        TimeUnit.NANOSECONDS.sleep(early);
      }
      answers.add(ask(due).toCompletionStage().toCompletableFuture());
    }
    return answers.stream().map(CompletableFuture::join).toList();
  }

  private Future<Answer> ask(long due) {
    return http.request(request)
        .compose(opened -> opened.send(body))
        .compose(response -> response.body().map(unused -> answer(response, due)));
  }

  private static Answer answer(HttpClientResponse response, long due) {
    String version = response.getHeader("Millrace-Version");
    return new Answer(
        response.statusCode(),
        version == null ? -1 : Long.parseLong(version),
        Duration.ofNanos(System.nanoTime() - due));
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /** The latency that so many of the answers are not above, 0 to 1. */
  public static Duration quantile(List<Answer> answers, double share) {
    List<Duration> sorted = answers.stream().map(Answer::latency).sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(share * sorted.size())));
  }

  /**
   * One answer.
   *
   * @param status HTTP's
   * @param version that answered; -1 where none did
   * @param latency from when its request was due
   */
  public record Answer(int status, long version, Duration latency) {}
}
