/**
 * How much a caller may ask for: rates and body sizes.
 *
 * <p>Start at {@link io.millrace.web.limits.LimitFilter}.
 *
 * <p>Floor 12.
 */
package io.millrace.web.limits;
