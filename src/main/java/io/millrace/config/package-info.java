/**
 * The settings that the run needs, as one value.
 *
 * <p>Start at {@link io.millrace.config.PipelineConfig}.
 *
 * <p>Floor 6.
 */
package io.millrace.config;
