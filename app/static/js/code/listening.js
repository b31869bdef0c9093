// What a screen listens to until another takes its place. `signal` among a listener's options would do, were it not younger than the
// oldest engine we promise.

export class Listening {
  constructor() {
    this.ends = [];
  }

  on(target, kind, act) {
    target.addEventListener(kind, act);
    this.atEnd(() => target.removeEventListener(kind, act));
  }

  atEnd(act) {
    this.ends.push(act);
  }

  end() {
    for (const act of this.ends.splice(0)) act();
  }
}
