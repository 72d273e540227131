// Marks every cell of a notebook with its tags, so that a style sheet can hide one language, and
// lets a button copy the text beside it, and brings the library of interactive tables. Only the page
// is touched: the notebook is never changed.
(() => {
  const mark = cell => {
    const tags = cell.model.getMetadata('tags');
    cell.node.dataset.tags = Array.isArray(tags) ? tags.join(' ') : '';
  };
  const follow = cell => {
    if (cell.node.dataset.tags !== undefined) return;
    mark(cell);
    cell.model.metadataChanged.connect(() => mark(cell));
  };
  const markAll = notebook => notebook.widgets.forEach(follow);

  const copy = event => {
    const button = event.target.closest?.('.analysis-copy');
    if (!button) return;
    const text = button.parentElement.querySelector('code').textContent;
    navigator.clipboard.writeText(text).then(
      () => { button.textContent = button.dataset.done; },
      () => getSelection().selectAllChildren(button.parentElement.querySelector('code'))
    );
  };

  // Tables in cells wait for this library; from here it comes once, and without a network.
  const load = ({ url, name, event }) => {
    const sheet = document.createElement('link');
    sheet.rel = 'stylesheet';
    sheet.href = `${url}.css`;
    document.head.append(sheet);
    window[name] = import(`${url}.js`);
    window[name].then(() => window.dispatchEvent(new Event(event)));
  };

  const activate = app => {
    document.addEventListener('click', copy);
    const config = JSON.parse(document.getElementById('jupyter-config-data').textContent);
    load(config.analysisTables);
    const hidden = config.analysisHide;
    if (hidden) {
      const style = document.createElement('style');
      style.textContent =
        `.jp-Notebook:not(:has(.analysis-languages)) .jp-Cell[data-tags~="lang-${hidden}"]` +
        ' { display: none; }';
      document.head.append(style);
    }
    app.docRegistry.addWidgetExtension('Notebook', {
      createNew: panel => {
        const notebook = panel.content;
        const again = () => requestAnimationFrame(() => markAll(notebook));
        panel.context.ready.then(again);
        notebook.modelContentChanged.connect(again);
        return { isDisposed: false, dispose() { this.isDisposed = true; } };
      }
    });
  };

  const plugin = { id: 'analysis-lab:plugin', autoStart: true, requires: [], activate };
  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB['analysis-lab'] = {
    init: () => {},
    get: () => Promise.resolve(() => ({ __esModule: true, default: plugin }))
  };
})();
