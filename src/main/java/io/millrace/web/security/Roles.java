package io.millrace.web.security;

/** What a caller may be allowed. A token of an identity provider names them in its groups. */
public final class Roles {

  /** Whatever changes something, and downloads. */
  public static final String ADMIN = "millrace-admin";

  /** Versions' files. */
  public static final String DOWNLOAD = "millrace-download";

  private Roles() {}
}
