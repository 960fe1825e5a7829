package io.millrace.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test class the one {@link PageRun} of this JVM, started at its first use and closed
 * after the last test. Before a test the page is opened; after it the browser's console must be
 * free of errors. A test may add versions and examples, but takes nothing away: whoever kills the
 * service or rolls back starts a run of its own.
 */
final class SharedPage
    implements BeforeAllCallback, ParameterResolver, BeforeEachCallback, AfterEachCallback {

  private static final ExtensionContext.Namespace HERE =
      ExtensionContext.Namespace.create(SharedPage.class);
  private static final Path LOG = Path.of("target", "page-it.log");

  /** Skips the class where there is no browser, which a parameter's resolver could not. */
  @Override
  public void beforeAll(ExtensionContext context) {
    run(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == PageRun.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return run(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    run(context).open();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    nothingIsWrong(run(context).page());
  }

  /** Forgets the key, and asserts that the browser's console has no errors left. */
  static void nothingIsWrong(Page page) {
    page.driver().executeScript("sessionStorage.clear()");
    assertThat(page.browser().errors()).isEmpty();
  }

  private static PageRun run(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(HERE)
        .computeIfAbsent(PageRun.class, key -> start(), PageRun.class);
  }

  private static PageRun start() {
    try {
      return PageRun.start(LOG);
    } catch (IOException e) {
      throw new AssertionError("the service did not start, see " + LOG, e);
    }
  }
}
