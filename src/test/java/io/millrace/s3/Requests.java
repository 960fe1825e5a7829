package io.millrace.s3;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** Notes what a client asks for, and lets the network fail. */
final class Requests implements ExecutionInterceptor {

  private final List<String> sent = new CopyOnWriteArrayList<>();
  private volatile Predicate<String> failing = request -> false;
  private volatile Predicate<String> unanswered = request -> false;

  @Override
  public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes all) {
    String request = name(context.request());
    if (failing.test(request)) {
      throw SdkClientException.create("the network failed");
    }
    sent.add(request);
  }

  @Override
  public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes all) {
    if (unanswered.test(name(context.request()))) {
      unanswered = request -> false;
      throw RetryableException.create("the answer was lost");
    }
  }

  /** Sent so far, as {@code UploadPart 3} or {@code PutObject config.json}; forgotten by this. */
  List<String> take() {
    List<String> taken = List.copyOf(sent);
    sent.clear();
    return taken;
  }

  /** From now on these do not reach the server. */
  void fail(Predicate<String> requests) {
    failing = requests;
  }

  /** The answer to the next of these does not arrive. */
  void loseAnswer(Predicate<String> requests) {
    unanswered = requests;
  }

  private static String name(Object request) {
    String operation = request.getClass().getSimpleName().replace("Request", "");
    if (request instanceof UploadPartRequest part) {
      return operation + " " + part.partNumber();
    }
    if (request instanceof PutObjectRequest put) {
      return operation + " " + put.key().substring(put.key().lastIndexOf('/') + 1);
    }
    return operation;
  }
}
