import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Room } from './room';

const main = document.querySelector('main');
if (main)
  createRoot(main).render(
    <StrictMode>
      <Room name="Ana" />
      <Room name="Ben" />
    </StrictMode>,
  );
