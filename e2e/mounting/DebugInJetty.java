import dev.groundhog.endpoint.AccessRule;
import dev.groundhog.endpoint.Answer;
import dev.groundhog.endpoint.DebugEndpoint;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** The endpoint in Jetty 12. */
public final class DebugInJetty extends Handler.Abstract {
  private final DebugEndpoint endpoint;
  private final AccessRule rule;

  public DebugInJetty(DebugEndpoint endpoint, AccessRule rule) {
    this.endpoint = endpoint;
    this.rule = rule;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    String path = request.getHttpURI().getDecodedPath();
    if (!path.startsWith("/debug/")) {
      return false;
    }
    Answer answer =
        endpoint.answer(
            new dev.groundhog.endpoint.Request(
                request.getMethod(),
                path,
                Objects.requireNonNullElse(request.getHttpURI().getQuery(), "")),
            rule.decide(
                (InetSocketAddress) request.getConnectionMetaData().getLocalSocketAddress(),
                (InetSocketAddress) request.getConnectionMetaData().getRemoteSocketAddress(),
                request.getHeaders()::getValuesList));
    response.setStatus(answer.status());
    answer.headers().forEach(response.getHeaders()::put);
    try (OutputStream out = Response.asBufferedOutputStream(request, response)) {
      if (!request.getMethod().equals("HEAD")) {
        answer.body().writeTo(out);
      }
    }
    callback.succeeded();
    return true;
  }
}
