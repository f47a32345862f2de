// The page's beginning: workers and styles first, since the editors ask for them as soon as they are made.
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@fontsource/roboto/latin-400.css';
import '@fontsource/roboto/latin-500.css';
import '@fontsource/fira-code/latin-400.css';
import './style.css';
import { createRoot } from 'react-dom/client';
import { Mentorship } from './mentorship.jsx';

const place = document.getElementById('graphiql');
place.removeAttribute('aria-busy');
createRoot(place).render(<Mentorship />);
