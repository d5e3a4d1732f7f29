import { isServer } from 'lit';

/** Whether a server renders the elements: there they know neither children nor ancestors. Lit's own is of type `false`. */
export const onServer: boolean = isServer;
