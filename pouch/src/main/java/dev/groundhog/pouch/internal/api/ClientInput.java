package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.run.StandardInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// Passes on what a client types to a process. It has a platform thread of its own, since only
/// there an interrupt ends a write to a process that doesn't read; closing this ends that thread.
final class ClientInput implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ClientInput.class.getName());
  private static final int BUFFER_BYTES = 1 << 15;
  private static final int MOST = 1_000;
  private static final Semaphore PLACES = new Semaphore(MOST);

  /// Where it goes: may wait for the process to be started.
  interface Target {
    StandardInput get() throws InterruptedException;

    /// Nobody will write to it, and it was to be the process's whole input: the client has left
    /// before it could, or there is no place for it.
    void abandon() throws IOException;
  }

  /// What the end of a client's input means.
  enum AtEnd {
    /// It is the end of the process's input too, whatever the reason is.
    END_INPUT,
    /// The client is let go.
    LET_GO
  }

  private final InputStream from;
  private final Target target;
  private final AtEnd atEnd;
  private final Optional<DetachKeys> keys;
  private final Runnable over;
  private final Thread thread;
  private volatile boolean isDetached;
  private volatile boolean hasOutputEnded;

  /// @param keys those that let the client go
  /// @throws ApiException if there are as many already as there can be
  /// @param over called when the client is to be let go, or has left
  ClientInput(
      InputStream from, Target target, AtEnd atEnd, Optional<DetachKeys> keys, Runnable over) {
    this.from = from;
    this.target = target;
    this.atEnd = atEnd;
    this.keys = keys;
    this.over = over;
    if (!PLACES.tryAcquire()) {
      abandon();
      throw new ApiException(
          Code.INTERNAL, MOST + " clients type already, which is as many as there can be");
    }
    try {
      this.thread = Thread.ofPlatform().daemon().name("pouch-input").start(this::pump);
    } catch (Throwable e) { // there may be as many threads as there can be
      PLACES.release();
      abandon();
      throw e;
    }
  }

  private void abandon() {
    if (atEnd != AtEnd.END_INPUT) {
      return;
    }
    try {
      target.abandon();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "an input is not ended that nobody writes to", e);
    }
  }

  /// Whether the client has let go by its keys.
  boolean isDetached() {
    return isDetached;
  }

  /// The process's output has come to its end, or there will be none: its client has not left.
  void outputHasEnded() {
    hasOutputEnded = true;
  }

  private void pump() {
    try {
      StandardInput input = awaitTarget();
      try {
        Optional<WritableByteChannel> channel = input.open();
        try {
          copy(channel);
        } finally {
          channel.ifPresent(input::close);
        }
        if (atEnd == AtEnd.LET_GO) {
          over.run();
        }
      } finally {
        if (atEnd == AtEnd.END_INPUT) {
          input.end();
        }
      }
    } catch (InterruptedException | InterruptedIOException | ClosedChannelException e) {
      LOG.log(System.Logger.Level.DEBUG, "this was closed, or the input has ended", e);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a client's input is broken", e);
      over.run();
    } finally {
      PLACES.release();
    }
  }

  private StandardInput awaitTarget() throws IOException, InterruptedException {
    try {
      return target.get();
    } catch (InterruptedException e) {
      if (!hasOutputEnded) {
        abandon();
      }
      throw e;
    }
  }

  private void copy(Optional<WritableByteChannel> channel) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    int count = from.read(buffer);
    while (count >= 0 && !isDetached) {
      ByteBuffer typed = ByteBuffer.wrap(buffer, 0, count);
      if (keys.isPresent()) {
        typed = ByteBuffer.wrap(keys.get().pass(buffer, count));
        isDetached = keys.get().isComplete();
      }
      while (channel.isPresent() && typed.hasRemaining()) {
        channel.get().write(typed);
      }
      count = isDetached ? -1 : from.read(buffer);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    boolean wasInterrupted = Thread.interrupted();
    try {
      thread.join();
    } catch (InterruptedException _) {
      wasInterrupted = true;
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
