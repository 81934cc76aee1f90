package dev.groundhog.e2e.libraries;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;

/// A logger that writes on a thread of its appender.
record LogbackAsync() implements Library {
  @Override
  public String title() {
    return "Logback, `AsyncAppender`";
  }

  @Override
  public Class<?> from() {
    return AsyncAppender.class;
  }

  @Override
  public String stoppedBy() {
    return "`LoggerContext.stop()`";
  }

  @Override
  public Optional<String> takesFactory() {
    return Optional.empty();
  }

  @Override
  public Set<String> caught() {
    return Set.of("AsyncAppender-Worker-async");
  }

  @Override
  public List<Stay> stays() {
    return List.of();
  }

  @Override
  public Started start(Optional<ThreadFactory> factory) {
    LoggerContext context = new LoggerContext();
    ListAppender<ILoggingEvent> list = new ListAppender<>();
    list.setContext(context);
    list.start();
    AsyncAppender async = new AsyncAppender();
    async.setContext(context);
    async.setName("async");
    async.addAppender(list);
    async.start();
    Logger logger = context.getLogger("root");
    logger.addAppender(async);
    return new Started() {
      @Override
      public void use() {
        logger.warn("written later");
      }

      @Override
      public void stop() {
        context.stop();
      }
    };
  }
}
