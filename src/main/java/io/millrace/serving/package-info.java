/**
 * Answers with the current version while training goes on.
 *
 * <p>Start at {@link io.millrace.serving.Predictor}. It follows the store of versions: each new one
 * is verified and loaded beside the one in use, warmed, then swapped in; the old one is closed when
 * nobody wants it and its last request has ended. A version that cannot be used is refused and the
 * old one stays. Callers are never kept waiting, so event loops may call.
 *
 * <p>Floor 8.
 */
package io.millrace.serving;
