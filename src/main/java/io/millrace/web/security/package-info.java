/**
 * Who may call: access keys, identity providers and roles.
 *
 * <p>Start at {@link io.millrace.web.security.SecuritySettings}.
 *
 * <p>Floor 12.
 */
package io.millrace.web.security;
