// The tiles of a service on a GPU that has started again, and neither evaluated nor seen any drift since.
const done = arguments[arguments.length - 1];
Promise.all([
  import("/app/tiles.js"), ...["status", "versions"].map((name) => fetch(`/api/v1/${name}`).then((answer) => answer.json())),
]).then(([{ Tiles }, status, versions]) => {
  const root = document.createElement("dl");
  status.training.lastEvaluation = null;
  status.deviceMemory = { used: 1.5e9, total: 150e9 };
  new Tiles(root).show(status, {
    lastStep: null, current: versions.find(({ standing }) => standing === "CURRENT"), drift: undefined,
  });
  done(Object.fromEntries([...root.children].map((tile) =>
    [tile.children[0].textContent, `${tile.children[1].textContent}; ${tile.children[2].textContent}`])));
});
