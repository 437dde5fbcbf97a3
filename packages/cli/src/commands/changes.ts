import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import { type FeedOptions, feed, withFeed, withLiveEnd } from '../feed.js';

export const defineChanges: Definition = (command, context) => {
  withFeed(command)
    .option('--live', 'wait for more at the end, until Ctrl-C')
    .action((namespace: string | undefined, { live = false, ...options }: FeedOptions & { live?: boolean }) =>
      feed(context, namespace, options, { begin: 'first', live }),
    );
  withLiveEnd(command);
  withExamples(command, [
    ['kdelta changes', 'every version of every key, oldest first'],
    ['kdelta changes users --since seq:123', 'what came after a version, in one namespace'],
    ['kdelta changes --live --json | ./index', 'feed a program; each line has the cursor to go on from'],
  ]);
};
