package dev.fetchwell.examples.quickstart;

import dev.fetchwell.examples.demo.DemoServer;

/** A part of the Quickstart: shows one subject and checks what it claims. */
public interface Section {

  /** What it shows. */
  String title();

  /** Shows it, with a client of its own. */
  void show(DemoServer server, Report report) throws Exception;
}
