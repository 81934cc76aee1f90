package dev.groundhog.pouch.internal.api;

import dev.groundhog.context.ClientRequest;
import dev.groundhog.context.Disconnects;
import dev.groundhog.jetty.DisconnectHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import jdk.net.ExtendedSocketOptions;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// A connection that was taken from Jetty's HTTP.
///
/// Its client has left when the connection is reset or closed both ways, never when it only writes
/// no more. Over TCP a full close looks like the latter until the client's kernel forgets the
/// connection, about a minute; then, or when its machine is gone, keep-alive finds out.
final class JettyDuplex extends AbstractConnection implements Connection.UpgradeTo, Duplex {
  private static final System.Logger LOG = System.getLogger(JettyDuplex.class.getName());

  private static final Duration LINGER = Duration.ofSeconds(2);
  private static final int LINGER_BYTES = 1 << 13;

  /// In seconds, as those that follow.
  private static final Map<SocketOption<Integer>, Integer> KEEP_ALIVE =
      Map.of(
          ExtendedSocketOptions.TCP_KEEPIDLE, 5,
          ExtendedSocketOptions.TCP_KEEPINTERVAL, 2,
          ExtendedSocketOptions.TCP_KEEPCOUNT, 3);

  private final String method;
  private final String route;
  private final Takeover takeover;
  private final InputStream in = new Input();
  private final OutputStream out = new Output();

  /// What the HTTP parser had read of what follows on the request.
  private ByteBuffer early = BufferUtil.EMPTY_BUFFER;

  private volatile @Nullable ClientRequest client;

  /// For more of the client's input, by one reader after the other.
  private @Nullable Completion asked;

  /// @param route the template that matched
  JettyDuplex(
      EndPoint endPoint, Executor executor, String method, String route, Takeover takeover) {
    super(endPoint, executor);
    this.method = method;
    this.route = route;
    this.takeover = takeover;
  }

  @Override
  public void onUpgradeTo(ByteBuffer buffer) {
    early = BufferUtil.copy(buffer);
  }

  @Override
  public void onOpen() {
    super.onOpen();
    getEndPoint().setIdleTimeout(0);
    keepAlive();
    Thread.ofVirtual().name("pouch-hijacked").start(this::serve);
  }

  private void keepAlive() {
    if (!(getEndPoint().getTransport() instanceof SocketChannel channel)) {
      return;
    }
    try {
      if (!(channel.getLocalAddress() instanceof UnixDomainSocketAddress)) {
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        for (Map.Entry<SocketOption<Integer>, Integer> option : KEEP_ALIVE.entrySet()) {
          channel.setOption(option.getKey(), option.getValue());
        }
      }
    } catch (IOException | UnsupportedOperationException e) {
      LOG.log(System.Logger.Level.DEBUG, "a client that vanishes is noticed late", e);
    }
  }

  /// Attaching and exec end with their client, also where other handlers are told to go on: a
  /// hijacked connection was never the server's to watch.
  private void serve() {
    Disconnects disconnects = Disconnects.cancelling().withHalfClose();
    boolean hasServed = false;
    try (takeover;
        ClientRequest request =
            disconnects.begin(DisconnectHandler.peer(getEndPoint()), method, route)) {
      client = request;
      if (getEndPoint().isOpen()) {
        request.call(() -> {
          takeover.run(this);
          return true;
        });
        hasServed = true;
      }
    } catch (IOException | InterruptedException e) {
      LOG.log(System.Logger.Level.DEBUG, "a client has left", e);
    } catch (Exception e) {
      LOG.log(System.Logger.Level.WARNING, "a stream was broken off", e);
    }
    if (hasServed) {
      linger();
    }
    close();
  }

  /// To close with something unread would reset the connection, and the client might never get what
  /// it has not read yet.
  private void linger() {
    ByteBuffer unread = BufferUtil.allocate(LINGER_BYTES);
    long end = System.nanoTime() + LINGER.toNanos();
    try {
      int count = 0;
      while (count >= 0 && System.nanoTime() < end) {
        BufferUtil.clear(unread);
        count = getEndPoint().fill(unread);
        if (count == 0) {
          Completion more = asked();
          more.done.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
          asked = null;
        }
      }
    } catch (IOException | ExecutionException | TimeoutException e) {
      LOG.log(System.Logger.Level.DEBUG, "the client is not waited for", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    super.onClose(cause);
    ClientRequest request = client;
    if (request != null) {
      request.clientGone();
    }
  }

  @Override
  public void onFillable() {
    throw new IllegalStateException("only who reads asks for more");
  }

  @Override
  public InputStream in() {
    return in;
  }

  @Override
  public OutputStream out() {
    return out;
  }

  @Override
  public void shutdownOutput() {
    getEndPoint().shutdownOutput();
  }

  private final class Input extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      if (length == 0) {
        return 0;
      }
      if (early.hasRemaining()) {
        int count = Math.min(length, early.remaining());
        early.get(bytes, offset, count);
        return count;
      }
      ByteBuffer buffer = BufferUtil.toBuffer(bytes, offset, length);
      BufferUtil.clear(buffer);
      while (true) {
        int count = getEndPoint().fill(buffer);
        if (count != 0) {
          return count;
        }
        awaitMore();
      }
    }
  }

  /// Who was interrupted here has asked already.
  private void awaitMore() throws IOException {
    asked().await();
    asked = null;
  }

  private Completion asked() {
    Completion more = asked;
    if (more == null) {
      more = new Completion();
      asked = more;
      getEndPoint().fillInterested(more);
    }
    return more;
  }

  private final class Output extends OutputStream {
    private final ReentrantLock writing = new ReentrantLock();

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      writing.lock();
      try {
        Completion written = new Completion();
        getEndPoint().write(written, ByteBuffer.wrap(bytes, offset, length));
        written.await();
      } finally {
        writing.unlock();
      }
    }
  }

  /// Waits for what Jetty will tell.
  private static final class Completion implements Callback {
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();

    @Override
    public void succeeded() {
      done.complete(true);
    }

    @Override
    public void failed(Throwable cause) {
      done.completeExceptionally(cause);
    }

    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }

    void await() throws IOException {
      try {
        done.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("interrupted").initCause(e);
      } catch (ExecutionException e) {
        throw new IOException("the connection is broken", e.getCause());
      }
    }
  }
}
