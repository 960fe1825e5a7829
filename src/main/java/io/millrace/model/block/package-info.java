/**
 * What architectures are written in: operators, weights and inputs of a kind that the caller picks.
 *
 * <p>Start at {@link io.millrace.model.block.Ops} and {@link io.millrace.model.block.Weights}. On
 * arrays they compute ({@link io.millrace.model.block.Pass}); on shapes they find out which {@link
 * io.millrace.model.block.ParameterSpecs parameters} an architecture has. {@link
 * io.millrace.model.block.ModelParameters} holds the weights of a model: a base that stays as it
 * is, and what trains.
 *
 * <p>Floor 2.
 */
package io.millrace.model.block;
