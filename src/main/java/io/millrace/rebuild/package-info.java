/**
 * A version made again from the log, to be compared with the one that was published.
 *
 * <p>Start at {@link io.millrace.rebuild.Rebuild}. It takes the service's own steps over the
 * journal's entries.
 *
 * <p>Floor 11.
 */
package io.millrace.rebuild;
