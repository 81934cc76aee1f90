package dev.groundhog.pouch.internal.log;

import java.io.IOException;

class ServiceChangesTest extends ChangesContract {
  @Override
  Changes open() throws IOException {
    return new ServiceChanges();
  }
}
