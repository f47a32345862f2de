// Where the app begins.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { finishLeaving } from './session/leaving';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/parts.css';
import './styles/pages.css';
import './styles/space.css';
import './styles/thread.css';
import './styles/week.css';
import './styles/board.css';

void finishLeaving();
createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
