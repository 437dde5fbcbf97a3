import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import { type FeedOptions, feed, withFeed, withLiveEnd } from '../feed.js';

export const defineWatch: Definition = (command, context) => {
  withFeed(command).action((namespace: string | undefined, options: FeedOptions) =>
    feed(context, namespace, options, { begin: 'now', live: true }),
  );
  withLiveEnd(command);
  withExamples(command, [
    ['kdelta watch', 'every change from now on, whichever process writes it'],
    ['kdelta watch users --since seq:123', 'what came after a version, and then what comes'],
    ['kdelta watch users --limit 1 --json', 'wait for the next change of a namespace'],
  ]);
};
