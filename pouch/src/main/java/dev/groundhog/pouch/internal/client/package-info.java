/// Calls of Docker's API, and what the answers are made of.
package dev.groundhog.pouch.internal.client;
