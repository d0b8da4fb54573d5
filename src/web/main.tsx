import { render } from 'preact';
import './style/index.css';
import { App } from './view/app.tsx';
import { Boundary } from './view/boundary.tsx';

render(
  <Boundary>
    <App />
  </Boundary>,
  document.getElementById('app')!,
);
