package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;

/// What Docker's API has and this daemon has not: refused by name.
public final class RefusedRoutes {
  private RefusedRoutes() {}

  public static void addTo(Routes routes) {
    refuse(routes, "GET", "/containers/{id}/stats", "docker stats");
    refuse(routes, "POST", "/containers/{id}/pause", "docker pause");
    refuse(routes, "POST", "/containers/{id}/unpause", "docker unpause");
    refuse(routes, "POST", "/containers/{id}/update", "docker update");
    refuse(routes, "GET", "/containers/{id}/changes", "docker diff");
    refuse(routes, "GET", "/containers/{id}/export", "docker export");
    refuse(routes, "GET", "/containers/{id}/archive", "docker cp");
    refuse(routes, "PUT", "/containers/{id}/archive", "docker cp");
    refuse(routes, "POST", "/commit", "docker commit");
    refuse(routes, "POST", "/build", "docker build");
    refuse(routes, "POST", "/auth", "docker login");
    refuse(routes, "GET", "/images/search", "docker search");
    refuse(routes, "GET", "/images/get", "docker save");
    refuse(routes, "GET", "/images/{name...}/get", "docker save");
    refuse(routes, "GET", "/images/{name...}/history", "docker history");
    refuse(routes, "POST", "/images/{name...}/push", "docker push");
    refuse(routes, "POST", "/images/prune", "docker image prune");
    refuse(routes, "GET", "/volumes", "docker volume");
    refuse(routes, "POST", "/volumes/create", "docker volume");
    refuse(routes, "GET", "/networks", "docker network");
    refuse(routes, "POST", "/networks/create", "docker network");
  }

  private static void refuse(Routes routes, String method, String template, String what) {
    routes.on(
        method,
        template,
        _ -> {
          throw new ApiException(Code.NOT_IMPLEMENTED, "pouchd does not support " + what);
        });
  }
}
