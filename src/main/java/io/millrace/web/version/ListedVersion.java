package io.millrace.web.version;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionLine;

/**
 * A version as the list shows it.
 *
 * @param version its description, whose fields stand beside the others
 * @param standing whether it is current, superseded or rolled back
 * @param restorable whether training can roll back to it: the checkpoint it was made from is kept
 */
public record ListedVersion(
    @JsonUnwrapped ModelVersion version, VersionLine.Standing standing, boolean restorable) {}
