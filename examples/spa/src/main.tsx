// Where the app begins.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <h1>Mentorship</h1>
  </StrictMode>,
);
