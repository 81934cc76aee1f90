package dev.groundhog.e2e.libraries;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/// A server on event loops.
///
/// @param ending how they are shut down
record NettyLoops(Ending ending) implements Library {
  enum Ending {
    AT_ONCE,
    /// Only after a time without work, as is Netty's default.
    WHEN_QUIET
  }

  private static final int THREADS = 2;
  private static final int WAIT_SECONDS = 10;

  @Override
  public String title() {
    return switch (ending) {
      case AT_ONCE -> "Netty, stopped at once";
      case WHEN_QUIET -> "Netty, stopped with its defaults";
    };
  }

  @Override
  public Class<?> from() {
    return EventLoopGroup.class;
  }

  @Override
  public String stoppedBy() {
    return switch (ending) {
      case AT_ONCE -> "`shutdownGracefully(0, …)` of each group, waited for";
      case WHEN_QUIET -> "`shutdownGracefully()` of each group, which waits for 2 s of silence";
    };
  }

  @Override
  public Optional<String> takesFactory() {
    return Optional.of("each group");
  }

  @Override
  public Set<String> caught() {
    return Set.of("multiThreadIoEventLoopGroup-N-N");
  }

  @Override
  public List<Stay> stays() {
    return switch (ending) {
      case AT_ONCE ->
          List.of(
              new Stay(
                  "globalEventExecutor-N-N",
                  "io.netty.util.concurrent.GlobalEventExecutor$TaskRunner.run",
                  "one for all; ends after a second without work"));
      case WHEN_QUIET -> List.of();
    };
  }

  @Override
  public Duration within() {
    return switch (ending) {
      case AT_ONCE -> USUAL;
      case WHEN_QUIET -> Duration.ofSeconds(3);
    };
  }

  @Override
  public Started start(Optional<ThreadFactory> factory) throws Exception {
    EventLoopGroup loops =
        factory
            .map(own -> new MultiThreadIoEventLoopGroup(THREADS, own, NioIoHandler.newFactory()))
            .orElseGet(() -> new MultiThreadIoEventLoopGroup(THREADS, NioIoHandler.newFactory()));
    Channel server =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(new Answer())
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    return new Started() {
      @Override
      public void use() throws Exception {
        Peer.ask(((InetSocketAddress) server.localAddress()).getPort());
      }

      @Override
      public void stop() throws Exception {
        var _ = server.close().sync();
        switch (ending) {
          case AT_ONCE -> {
            var _ = loops.shutdownGracefully(0, WAIT_SECONDS, TimeUnit.SECONDS).sync();
          }
          case WHEN_QUIET -> {
            var _ = loops.shutdownGracefully();
          }
        }
      }
    };
  }

  @ChannelHandler.Sharable
  private static final class Answer extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf request) {
      var _ =
          context
              .writeAndFlush(
                  Unpooled.copiedBuffer(
                      "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", StandardCharsets.US_ASCII))
              .addListener(ChannelFutureListener.CLOSE);
    }
  }
}
