/**
 * What a run of the program with virtual addresses leaves on its host for whoever comes after it: a lock that proves
 * whether it is still alive, a file that says what it had, and the step that tidies up behind it when it died (rule 12
 * in docs/VIP.md). That step is waited for while nobody has the address, so nothing here logs or needs much to be loaded.
 */
@NullMarked
package io.pgproxy.vip.run;

import org.jspecify.annotations.NullMarked;
