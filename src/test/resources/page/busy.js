// The share of four seconds that the page's thread spends in tasks of 50 ms and more.
const done = arguments[arguments.length - 1];
let busy = 0;
const observer = new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => { busy += duration; }));
observer.observe({ type: "longtask" });
setTimeout(() => done(busy / 4000), 4000);
