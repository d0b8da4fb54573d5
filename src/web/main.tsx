import { render } from 'preact';
import './style.css';
import { App } from './view/app.tsx';

render(<App />, document.getElementById('app')!);
