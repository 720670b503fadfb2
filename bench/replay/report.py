"""The table at the end of a replay."""

from .drive import CLOSED


def show(record, made, skipped, outcome, comparison, judge, saw_redis):
    commands(record, made, skipped, outcome)
    rejects(outcome)
    latency(outcome)
    pairs(comparison)
    invariants(judge, saw_redis)
    verdict(outcome, judge)


def title(text):
    print(f"\n{text}\n{'-' * len(text)}")


def line(label, value):
    print(f"  {label:<66} {value:>12}")


def commands(record, made, skipped, outcome):
    title("Commands")
    line("rows of the record", f"{len(record.rows):,}")
    for reason, count in skipped.items():
        line(f"rows that make no command: {reason}"[:66], f"{count:,}")
    refused = sum(command.kind == "refused" for command in made)
    line("new orders", f"{outcome.sent['new']:,}")
    line("  of them refused by the venue (see --refused-as)", f"{refused:,}")
    line("cancels", f"{outcome.sent['cancel']:,}")
    line("amends", f"{outcome.sent['amend']:,}")
    line("rows that echo a fill or end a filled order (order looked at)",
         f"{outcome.sent['look']:,}")
    filled = sum(told.filled > 0 for told in outcome.orders.values())
    line("orders known to have traded from their own answers", f"{filled:,}")


def rejects(outcome):
    title("Refusals by reason")
    if not outcome.rejects and not outcome.expected:
        print("  none")
    for (command, code), count in sorted(outcome.rejects.items()):
        line(f"{command}: {code}", f"{count:,}")
    for reason, count in sorted(outcome.expected.items()):
        line(f"{reason} (expected)", f"{count:,}")


def latency(outcome):
    title("Rate and latency, as this client saw them")
    requests = sum(outcome.sent.values())
    line("requests a second", f"{requests / max(outcome.seconds, 1e-9):,.0f}")
    line("seconds", f"{outcome.seconds:,.1f}")
    times = sorted(outcome.latencies)
    if times:
        for label, share in (("p50", 0.50), ("p99", 0.99), ("p99.9", 0.999)):
            value = times[min(int(len(times) * share), len(times) - 1)]
            line(f"{label}, waiting behind earlier requests included", f"{value * 1e3:,.2f} ms")
        line("max", f"{times[-1] * 1e3:,.2f} ms")


def pairs(comparison):
    title("Trades against the venue's")
    theirs = comparison.theirs.total()
    line("theirs", f"{theirs:,}")
    line("ours", f"{comparison.ours.total():,}")
    line("equal in buyer, seller, price and amount", f"{comparison.agreeing:,}")
    line("equal in buyer and seller", f"{comparison.pairs:,}")
    for reason, count in comparison.reasons().most_common():
        line(reason, f"{count:,}")
    print("  Not all can agree: orders from before the feed began are missing or linger, hidden")
    print("  orders show only in trades, and the feed doesn't tell post-only orders from others.")


def invariants(judge, saw_redis):
    title("Invariants")
    for what, problems in judge.checks:
        line(what, "BROKEN" if problems else "holds")
        for problem in problems[:5]:
            print(f"    {problem}")
        if len(problems) > 5:
            print(f"    and {len(problems) - 5:,} more")
    if not saw_redis:
        print("  The event stream's sequence was not looked at: give --redis, or use --start.")


def verdict(outcome, judge):
    title("Verdict")
    for error in outcome.errors[:10]:
        print(f"  error: {error}")
    if len(outcome.errors) > 10:
        print(f"  and {len(outcome.errors) - 10:,} more errors")
    ended = sum(told.status in CLOSED or told.status == "closed"
                for told in outcome.orders.values())
    lost = sum("gone" in problem for _, problems in judge.checks for problem in problems)
    broken = sum(bool(problems) for _, problems in judge.checks)
    print(f"  {len(outcome.errors)} errors, {lost} lost commands, {broken} broken invariants; "
          f"{ended:,} of {len(outcome.orders):,} orders have ended")
