package dev.groundhog.pouch;

import com.sun.net.httpserver.HttpServer;
import dev.groundhog.context.Disconnects;
import dev.groundhog.endpoint.AccessRule;
import dev.groundhog.endpoint.DebugEndpoint;
import dev.groundhog.endpoint.DebugHandler;
import dev.groundhog.endpoint.ThisJvm;
import dev.groundhog.pouch.internal.api.ApiServer;
import dev.groundhog.pouch.internal.api.ApiVersions;
import dev.groundhog.pouch.internal.api.AttachRoutes;
import dev.groundhog.pouch.internal.api.ContainerRoutes;
import dev.groundhog.pouch.internal.api.ExecRoutes;
import dev.groundhog.pouch.internal.api.ImageRoutes;
import dev.groundhog.pouch.internal.api.LogRoutes;
import dev.groundhog.pouch.internal.api.RefusedRoutes;
import dev.groundhog.pouch.internal.api.Routes;
import dev.groundhog.pouch.internal.api.SystemRoutes;
import dev.groundhog.pouch.internal.api.TopRoutes;
import dev.groundhog.pouch.internal.engine.DataRoot;
import dev.groundhog.pouch.internal.engine.Engine;
import dev.groundhog.pouch.internal.image.ImageStore;
import dev.groundhog.pouch.internal.run.Runtimes;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The container daemon. Closing it ends the daemon, and no container.
public final class Pouchd implements Closeable {
  /// Kept: else the JDK forgets its level.
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

  /// It says that a thread was interrupted amid a write, as happens to whose client leaves.
  private static final Logger INTERRUPTED = Logger.getLogger("org.eclipse.jetty.util.Blocker");

  private static final ApiVersions VERSIONS = new ApiVersions("1.12", "1.24");

  private final DataRoot root;
  private final Engine engine;
  private final ApiServer api;
  private final List<Integer> ports;
  private final Optional<HttpServer> debug;

  private Pouchd(
      DataRoot root,
      Engine engine,
      ApiServer api,
      List<Integer> ports,
      Optional<HttpServer> debug) {
    this.root = root;
    this.engine = engine;
    this.api = api;
    this.ports = ports;
    this.debug = debug;
  }

  /// Starts a daemon.
  ///
  /// @throws IOException if another has the data root, or an address is taken
  public static Pouchd start(PouchOptions options) throws IOException, InterruptedException {
    JETTY.setLevel(Level.WARNING);
    INTERRUPTED.setLevel(Level.SEVERE);
    DataRoot root = DataRoot.open(options.dataRoot());
    try {
      return start(options, root);
    } catch (IOException | InterruptedException | RuntimeException e) {
      root.close();
      throw e;
    }
  }

  private static Pouchd start(PouchOptions options, DataRoot root)
      throws IOException, InterruptedException {
    ImageStore images = ImageStore.open(root.folder("images"));
    Engine engine = Engine.open(root, Runtimes.open(options.runtime(), root.folder()), images);
    try {
      return serve(options, root, images, engine);
    } catch (IOException | RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  private static Pouchd serve(PouchOptions options, DataRoot root, ImageStore images, Engine engine)
      throws IOException {
    Path dataRoot = root.folder();
    DebugEndpoint endpoint =
        new DebugEndpoint(ThisJvm.open(), List.of("pouchd", dataRoot.toString()));
    Routes routes = new Routes();
    new SystemRoutes(engine, images, VERSIONS, dataRoot).addTo(routes);
    new ContainerRoutes(engine).addTo(routes);
    new LogRoutes(engine).addTo(routes);
    new ImageRoutes(images, engine.events()).addTo(routes);
    new AttachRoutes(engine).addTo(routes);
    new ExecRoutes(engine).addTo(routes);
    new TopRoutes(engine).addTo(routes);
    RefusedRoutes.addTo(routes);
    ApiServer api =
        new ApiServer(
            routes,
            VERSIONS,
            options.cancelOnDisconnect() ? Disconnects.cancelling() : Disconnects.labelling(),
            Optional.of(endpoint));
    try {
      for (Path socket : options.sockets()) {
        api.listen(socket);
      }
      options.addresses().forEach(api::listen);
      return new Pouchd(root, engine, api, api.start(), debug(options.debugAddress(), endpoint));
    } catch (IOException | RuntimeException e) {
      api.close();
      throw e;
    }
  }

  private static Optional<HttpServer> debug(
      Optional<InetSocketAddress> address, DebugEndpoint endpoint) throws IOException {
    if (address.isEmpty()) {
      return Optional.empty();
    }
    HttpServer server;
    try {
      server = HttpServer.create(address.get(), 0);
    } catch (BindException e) {
      throw new IOException("Failed to bind to " + address.get() + ": " + e.getMessage(), e);
    }
    server.createContext(
        "/debug/", DebugHandler.of(endpoint, AccessRule.loopback(server.getAddress())));
    server.setExecutor(
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("pouch-debug").factory()));
    server.start();
    return Optional.of(server);
  }

  /// The ports of the TCP addresses, in their order.
  public List<Integer> ports() {
    return ports;
  }

  /// How many containers run, of whichever daemon.
  public long running() {
    return engine.running();
  }

  /// What of containers is not isolated, for people; empty if all is.
  public String warning() {
    return engine.runtime().warning();
  }

  @Override
  public void close() throws IOException {
    try (root;
        engine;
        api) {
      debug.ifPresent(server -> server.stop(0));
    }
  }
}
