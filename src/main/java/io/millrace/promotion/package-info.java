/**
 * When weights are evaluated, and whether they replace the current version.
 *
 * <p>Start at {@link io.millrace.promotion.EvaluationScheduler}, the scheduler; {@link
 * io.millrace.promotion.PromotionGate} asks the gate. What becomes a version goes through the port
 * {@link io.millrace.promotion.Publishing}.
 *
 * <p>Floor 9.
 */
package io.millrace.promotion;
