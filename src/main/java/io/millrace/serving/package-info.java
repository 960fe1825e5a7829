/**
 * Answers with the current version while training goes on.
 *
 * <p>Start at {@link io.millrace.serving.Predictor}. It follows the store of versions: each new one
 * is verified and loaded by a {@link io.millrace.serving.ModelLoader} beside the one in use,
 * warmed, then swapped in; the old one is closed when nobody wants it and its last request has
 * ended. A version that cannot be used is refused and the old one stays. Each version has a thread
 * of its own, {@code MicroBatcher}'s, on which requests that come together are scored together;
 * those who ask are never kept waiting, so that event loops may. Where training goes on elsewhere,
 * {@code VersionMirror} fetches into that store what the versions topic announces.
 *
 * <p>May import: {@code publication}, {@code model}, {@code torch}, {@code tokenize} and {@code
 * example}.
 */
package io.millrace.serving;
