package dev.groundhog.jetty;

import java.util.Objects;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.http.pathmap.PathSpec;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.PathMappingsHandler;

/// Where a request goes, in the words of its server's configuration: never the path asked for, of
/// which there are too many.
final class Routes {
  private static final boolean HAS_SERVLETS = hasServlets();

  private Routes() {}

  static String of(Request request) {
    Object spec = request.getAttribute(PathMappingsHandler.PATHSPEC_ATTR);
    String route =
        spec instanceof PathSpec mapping
            ? mount(outside(request, mapping)) + mapping.getDeclaration()
            : contextPath(request) + (HAS_SERVLETS ? servletPattern(request) : "");
    return route.isEmpty() ? "/" : route;
  }

  /// The request as it was before the mapping: within it, the context's path is another.
  @SuppressWarnings("ReferenceEquality") // the same mapping, not an equal one
  private static Request outside(Request request, PathSpec mapping) {
    Request outer = request;
    while (outer instanceof Request.Wrapper wrapper
        && outer.getAttribute(PathMappingsHandler.PATHSPEC_ATTR) == mapping) {
      outer = wrapper.getWrapped();
    }
    return outer;
  }

  private static String mount(Request request) {
    return request.getAttribute(PathMappingsHandler.PATHSPEC_ATTR) instanceof PathSpec
        ? of(request).replaceFirst("/\\*$", "")
        : contextPath(request);
  }

  private static String contextPath(Request request) {
    String path = Objects.requireNonNullElse(Request.getContextPath(request), "");
    return path.equals("/") ? "" : path;
  }

  private static String servletPattern(Request request) {
    ServletContextRequest servlet = Request.as(request, ServletContextRequest.class);
    return servlet == null || servlet.getMatchedResource() == null
        ? ""
        : servlet.getMatchedResource().getPathSpec().getDeclaration();
  }

  private static boolean hasServlets() {
    try {
      Class.forName(
          "org.eclipse.jetty.ee11.servlet.ServletContextRequest",
          false,
          Routes.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException _) {
      return false;
    }
  }
}
