// region: modules-info
/** An application in a module of its own. */
module dev.fetchwell.examples.modules {
  requires dev.fetchwell;
  requires jdk.httpserver;

  opens dev.fetchwell.examples.modules to
      tools.jackson.databind;
}

// endregion
