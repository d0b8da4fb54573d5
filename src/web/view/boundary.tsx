import { Component, type ComponentChildren, type JSX } from 'preact';
import { toldOfError } from '../told.ts';
import { TEXT } from '../words/index.ts';

interface BoundaryState {
  readonly error: Error | undefined;
}

/** Instead of an empty page: what was wrong, and a way to go on. */
export class Boundary extends Component<{ readonly children: ComponentChildren }, BoundaryState> {
  override state: BoundaryState = { error: undefined };

  override componentDidCatch(error: Error): void {
    this.setState({ error });
  }

  override render(): ComponentChildren {
    const { error } = this.state;
    return error === undefined ? this.props.children : this.#failure(error);
  }

  #failure(error: Error): JSX.Element {
    const { text, technical } = toldOfError(error);
    return (
      <main class="failure">
        <h1>{TEXT.failure.title}</h1>
        <p role="alert">{TEXT.failure.what}</p>
        <pre>{text}</pre>
        {technical !== undefined && <pre lang="en">{technical}</pre>}
        <p class="pager">
          <button type="button" onClick={() => this.setState({ error: undefined })}>
            {TEXT.failure.retry}
          </button>
          <button
            type="button"
            class="primary"
            onClick={() => {
              history.replaceState(null, '', location.pathname + location.search);
              this.setState({ error: undefined });
            }}
          >
            {TEXT.failure.reset}
          </button>
        </p>
      </main>
    );
  }
}
