package dev.groundhog.e2e.libraries;

import io.grpc.CallOptions;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/// A server and a channel to it, over the Netty that it brings.
record Grpc() implements Library {
  private static final MethodDescriptor<String, String> ECHO =
      MethodDescriptor.<String, String>newBuilder(new Text(), new Text())
          .setType(MethodType.UNARY)
          .setFullMethodName("groundhog.Echo/echo")
          .build();

  private static final int WAIT_SECONDS = 10;

  @Override
  public String title() {
    return "gRPC, `grpc-netty-shaded`";
  }

  @Override
  public Class<?> from() {
    return NettyServerBuilder.class;
  }

  @Override
  public String stoppedBy() {
    return "`shutdownNow()` and `awaitTermination` of channel and server, and what was given to them";
  }

  @Override
  public Optional<String> takesFactory() {
    return Optional.of("groups and executors of both builders");
  }

  @Override
  public Set<String> caught() {
    return Set.of(
        "grpc-default-boss-ELG-N-N", "grpc-default-worker-ELG-N-N", "grpc-default-executor-N");
  }

  @Override
  public List<Stay> stays() {
    return List.of();
  }

  /// Shared groups end a second after the last who used them.
  @Override
  public Duration within() {
    return Duration.ofSeconds(3);
  }

  @Override
  public Started start(Optional<ThreadFactory> factory) throws Exception {
    return factory.isEmpty() ? shared() : own(factory.get());
  }

  private static Started shared() throws IOException {
    Server server = server().build().start();
    return new Running(server, channel(server).build(), () -> {});
  }

  private static Started own(ThreadFactory factory) throws IOException {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, factory, NioIoHandler.newFactory());
    ExecutorService executor = Executors.newCachedThreadPool(factory);
    Server server =
        server()
            .channelType(NioServerSocketChannel.class)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .executor(executor)
            .build()
            .start();
    ManagedChannel channel =
        channel(server)
            .channelType(NioSocketChannel.class)
            .eventLoopGroup(loops)
            .executor(executor)
            .offloadExecutor(executor)
            .build();
    return new Running(
        server,
        channel,
        () -> {
          var _ = loops.shutdownGracefully(0, WAIT_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
          executor.shutdown();
        });
  }

  private static NettyServerBuilder server() {
    ServerServiceDefinition echo =
        ServerServiceDefinition.builder("groundhog.Echo")
            .addMethod(
                ECHO,
                ServerCalls.asyncUnaryCall((request, answer) -> {
                  answer.onNext(request);
                  answer.onCompleted();
                }))
            .build();
    return NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            InsecureServerCredentials.create())
        .addService(echo);
  }

  private static NettyChannelBuilder channel(Server server) {
    return NettyChannelBuilder.forAddress(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()),
        InsecureChannelCredentials.create());
  }

  private record Running(Server server, ManagedChannel channel, Runnable andThen)
      implements Started {
    @Override
    public void use() {
      ClientCalls.blockingUnaryCall(
          channel,
          ECHO,
          CallOptions.DEFAULT.withDeadlineAfter(WAIT_SECONDS, TimeUnit.SECONDS),
          "a");
    }

    @Override
    public void stop() throws Exception {
      channel.shutdownNow().awaitTermination(WAIT_SECONDS, TimeUnit.SECONDS);
      server.shutdownNow().awaitTermination(WAIT_SECONDS, TimeUnit.SECONDS);
      andThen.run();
    }
  }

  private record Text() implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
