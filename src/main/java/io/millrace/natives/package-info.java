/**
 * Where libraries with native code unpack it.
 *
 * <p>snappy, zstd and JNA unpack a library and load it from there, by default from {@code
 * java.io.tmpdir}. Hardened containers mount that without the right to execute, and the library is
 * then missing the first time it is needed: at the first compressed record, say.
 *
 * <p>May import: nothing of ours.
 */
package io.millrace.natives;
