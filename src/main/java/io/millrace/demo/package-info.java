/**
 * What makes the service show something on a machine that has nothing: a broker inside this JVM and
 * a feed of labelled mail. Off in production unless asked for.
 *
 * <p>Start at {@link io.millrace.demo.DemoDefaults}, which turns both on in dev mode where no
 * broker is configured. {@link io.millrace.demo.DemoBroker} starts the broker, {@link
 * io.millrace.demo.DemoFeed} sends the {@link io.millrace.demo.MailStream} to it as any producer
 * would: nothing here knows the rest of the service, only its topics.
 *
 * <p>Floor 12.
 */
package io.millrace.demo;
