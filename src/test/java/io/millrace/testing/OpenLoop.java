package io.millrace.testing;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * Requests at a fixed rate, whether or not answers come. A latency counts from the time at which
 * its request was due, so a stall shows in all that it held up (Tene's coordinated omission).
 */
public final class OpenLoop {

  private final HttpRequest request;
  private final ToLongFunction<HttpResponse<String>> version;
  private final int perSecond;

  /**
   * @param version what an answer tells of its version
   */
  public OpenLoop(
      HttpRequest request, ToLongFunction<HttpResponse<String>> version, int perSecond) {
    this.request = request;
    this.version = version;
    this.perSecond = perSecond;
  }

  /** Runs for so long, and waits for the last answer. In the order in which they were due. */
  public List<Answer> run(Duration time) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    HttpClient http =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(threads).build();
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    long start = System.nanoTime();
    long requests = time.toMillis() * perSecond / 1000;
    for (long i = 0; i < requests; i++) {
      long due = start + i * 1_000_000_000L / perSecond;
      long early = due - System.nanoTime();
      if (early > 0) {
        TimeUnit.NANOSECONDS.sleep(early);
      }
      answers.add(
          http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
              .thenApply(
                  response ->
                      new Answer(
                          response.statusCode(),
                          response.statusCode() == 200 ? version.applyAsLong(response) : -1,
                          Duration.ofNanos(System.nanoTime() - due))));
    }
    try {
      return answers.stream().map(CompletableFuture::join).toList();
    } finally {
      threads.shutdown();
    }
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
