/**
 * How anything here reaches the disk, and how JSON is written.
 *
 * <p>{@link io.millrace.storage.DurableFolder} writes a folder aside, syncs and renames it, so that
 * it is there whole or not at all. {@link io.millrace.storage.Json} is the one mapper. {@link
 * io.millrace.storage.DurabilityTimes} measures how long it takes until what was trained is safe.
 *
 * <p>Floor 1.
 */
package io.millrace.storage;
