package dev.groundhog.e2e.servers;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/// Netty with event loops for the sockets; its handlers run in an executor group, or on virtual
/// threads.
public final class NettyServer {
  private static final int HANDLER_THREADS = 32;
  private static final int MAX_REQUEST_BYTES = 1 << 16;
  private static final Semaphore NEVER = new Semaphore(0);

  private NettyServer() {}

  public static void main(String[] args) throws Exception {
    Executor handlers =
        Arguments.virtual(args)
            ? (Executor) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null)
            : new DefaultEventExecutorGroup(HANDLER_THREADS);
    EventLoopGroup acceptors = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
    Channel server =
        new ServerBootstrap()
            .group(acceptors, loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(new Pipeline(handlers))
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    Arguments.listening(((InetSocketAddress) server.localAddress()).getPort());
    server.closeFuture().sync();
  }

  static void leak() throws InterruptedException {
    NEVER.acquire();
  }

  private static final class Pipeline extends ChannelInitializer<SocketChannel> {
    private final Executor handlers;

    Pipeline(Executor handlers) {
      this.handlers = handlers;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      channel
          .pipeline()
          .addLast(new HttpServerCodec(), new HttpObjectAggregator(MAX_REQUEST_BYTES))
          .addLast(new Answers(handlers));
    }
  }

  private static final class Answers extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final Executor handlers;

    Answers(Executor handlers) {
      this.handlers = handlers;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      boolean leaks = request.uri().equals("/leak");
      handlers.execute(() -> answer(context, leaks));
    }

    private static void answer(ChannelHandlerContext context, boolean leaks) {
      if (leaks) {
        try {
          leak();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              HttpResponseStatus.OK,
              Unpooled.copiedBuffer("ok\n", StandardCharsets.UTF_8));
      response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
      // A client that has left has nothing to be told.
      ChannelFuture unused = context.writeAndFlush(response);
    }
  }
}
