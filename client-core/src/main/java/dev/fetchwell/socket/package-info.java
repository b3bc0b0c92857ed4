/** Web sockets that connect again by themselves. */
@NullMarked
package dev.fetchwell.socket;

import org.jspecify.annotations.NullMarked;
