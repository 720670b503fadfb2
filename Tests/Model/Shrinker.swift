// Makes a failing script short: drops ever smaller parts as long as it still fails.

import Base

enum Shrinker {
    /// A script none of whose steps can be dropped without its failure going away. `fails` runs one.
    static func shrink(_ script: Script, fails: (Script) -> Bool) -> Script {
        var script = script
        var part = max(1, script.steps.count / 2)
        while true {
            var hasShrunk = false
            var from = 0
            while from < script.steps.count {
                var shorter = script
                shorter.steps.removeSubrange(from..<min(from + part, script.steps.count))
                if fails(shorter) {
                    script = shorter
                    hasShrunk = true
                } else {
                    from += part
                }
            }
            if part == 1 && !hasShrunk { return script }
            part = max(1, part / 2)
        }
    }
}
